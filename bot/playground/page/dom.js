// A very small virtual DOM: describe with h(), put on the page with draw(). Nodes of the same tag and key are kept, in
// order: an input keeps its focus, caret and half-typed text while everything around it is drawn anew. What comes and
// goes beside others of its tag needs a key.

const SVG = "http://www.w3.org/2000/svg";
const LIVE = new Set(["value", "checked"]);

export function h(tag, props, ...children) {
  const { key = null, ...rest } = props ?? {};
  return { tag, key, props: rest, children: flatten(children), dom: null };
}

function flatten(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    .map((child) => (typeof child === "object" ? child : { tag: null, key: null, text: String(child), dom: null }));
}

export function icon(path) {
  return h("svg", { viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true" }, h("path", { d: path }));
}

const drawn = new WeakMap();

export function draw(root, children) {
  const next = flatten([children]);
  const focused = document.activeElement;
  if (!drawn.has(root)) root.replaceChildren();
  reconcile(root, drawn.get(root) ?? [], next);
  drawn.set(root, next);
  // Moving a node takes its focus away; a node that is still there gets it back.
  if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
}

function create(node) {
  if (node.tag === null) return (node.dom = document.createTextNode(node.text));
  const vector = node.tag === "svg" || node.tag === "path";
  node.dom = vector ? document.createElementNS(SVG, node.tag) : document.createElement(node.tag);
  reconcile(node.dom, [], node.children);
  setProps(node.dom, {}, node.props);
  return node.dom;
}

function update(old, next) {
  next.dom = old.dom;
  if (next.tag === null) {
    if (old.text !== next.text) next.dom.data = next.text;
    return;
  }
  reconcile(next.dom, old.children, next.children);
  setProps(next.dom, old.props, next.props);
}

function setProps(dom, before, after) {
  for (const name of Object.keys(before)) {
    if (!(name in after)) setProp(dom, name, null);
  }
  for (const [name, value] of Object.entries(after)) {
    if (LIVE.has(name)) {
      // Compared with the page, not with the last drawing: the person may have changed it since.
      if (dom[name] !== value) dom[name] = value;
    } else if (before[name] !== value) {
      setProp(dom, name, value);
    }
  }
}

function setProp(dom, name, value) {
  if (name.startsWith("on")) dom[name] = value;
  else if (value === null || value === undefined || value === false) dom.removeAttribute(name);
  else dom.setAttribute(name, value === true ? "" : value);
}

function reconcile(parent, before, after) {
  const pairs = match(before, after);
  const kept = new Set(pairs.values());
  // What goes away goes first: the rest then seldom has to be moved.
  for (const old of before) if (!kept.has(old)) old.dom.remove();
  let at = parent.firstChild;
  for (const next of after) {
    const old = pairs.get(next);
    if (old) update(old, next);
    else create(next);
    if (next.dom === at) at = at.nextSibling;
    else parent.insertBefore(next.dom, at);
  }
}

function match(before, after) {
  const pools = new Map();
  for (const old of before) {
    const pool = pools.get(identity(old));
    if (pool) pool.push(old);
    else pools.set(identity(old), [old]);
  }
  const pairs = new Map();
  for (const next of after) {
    const old = pools.get(identity(next))?.shift();
    if (old) pairs.set(next, old);
  }
  return pairs;
}

function identity(node) {
  return `${node.tag} ${node.key ?? ""}`;
}
