// One select for all kinds: a text field that shows the choice and, opened, filters the list below it.

import { h } from "./dom.js";
import { closePopup, isOpen, openPopup } from "./popup.js";
import { redraw, store } from "./store.js";
import { plain, rich } from "./text.js";

const TYPE_AHEAD_MS = 150;

// spec: key, attributes (id, aria-*), placeholder, groups [{label, options: [{value, text, note}]}], multiple, chosen
// (list of values), textOf(value), onChoose(values), onClosed(), clearable, most, remote {shortest, ask(typed)}
export function combobox(spec) {
  const open = isOpen(spec.key);
  const groups = open ? visibleGroups(spec) : [];
  return h("div", { class: `select anchor ${spec.multiple ? "multiple" : ""}`, key: `select ${spec.key}` },
    spec.multiple && chips(spec),
    field(spec, open, groups),
    clearButton(spec, open),
    open && list(spec, groups));
}

function chips(spec) {
  return spec.chosen.map((value) => h("span", { class: "chip", key: value },
    spec.textOf(value),
    h("button", {
      type: "button", "aria-label": `Remove ${spec.textOf(value)}`,
      onclick: () => spec.onChoose(spec.chosen.filter((other) => other !== value)),
    }, "×")));
}

function clearButton(spec, open) {
  if (!spec.clearable || spec.multiple || open || spec.chosen.length === 0) return null;
  return h("button", {
    type: "button", class: "clear", "aria-label": `Clear ${spec.name}`, onclick: () => spec.onChoose([]),
  }, "×");
}

function field(spec, open, groups) {
  const current = !spec.multiple && spec.chosen.length ? spec.textOf(spec.chosen[0]) : "";
  const active = open ? activeOption(groups) : null;
  return h("input", {
    type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", key: "field",
    ...spec.attributes,
    "aria-haspopup": "listbox", "aria-autocomplete": "list", "aria-expanded": String(open),
    "aria-controls": open ? listId(spec) : null,
    "aria-activedescendant": active ? optionId(spec, active) : null,
    placeholder: current || spec.placeholder,
    value: open ? store.popup.typed : current,
    onclick: () => open || openList(spec),
    onfocus: (event) => event.target.select(),
    oninput: (event) => type(spec, event.target.value),
    onkeydown: (event) => key(event, spec, open, groups),
    onblur: () => isOpen(spec.key) && closePopup(),
  });
}

function list(spec, groups) {
  const note = store.popup.note ?? (groups.length === 0 ? "No matches" : null);
  return h("div", {
    class: "popup", role: "listbox", id: listId(spec), "aria-label": spec.name,
    "aria-multiselectable": spec.multiple ? "true" : null,
    // The field keeps the focus while the pointer is in the list.
    onpointerdown: (event) => event.preventDefault(),
  },
  note && h("p", { class: "note", role: "status" }, note),
  groups.map((group, index) => h("div", {
    key: `group ${index}`,
    role: group.label ? "group" : "presentation",
    "aria-label": group.label ? plain(group.label) : null,
  },
  group.label && h("div", { class: "group-label", "aria-hidden": "true" }, rich(group.label)),
  group.options.map((option) => entry(spec, option, groups)))));
}

function entry(spec, option, groups) {
  const chosen = spec.chosen.includes(option.value);
  const active = activeOption(groups) === option;
  return h("div", {
    key: option.value, id: optionId(spec, option), role: "option", "aria-selected": String(chosen),
    "aria-label": plain(option.text), "aria-description": option.note || null,
    class: active ? "active" : "", onclick: () => pick(spec, option),
  },
  h("span", { class: "option-text" }, rich(option.text)),
  option.note && h("span", { class: "note" }, option.note));
}

function openList(spec, typed = "") {
  const active = spec.multiple ? null : spec.chosen[0];
  openPopup({ key: spec.key, typed, active, groups: [], note: null, closed: spec.onClosed });
  if (spec.remote) askRemote(spec, 0);
}

function type(spec, typed) {
  if (!isOpen(spec.key)) {
    openList(spec, typed);
    return;
  }
  Object.assign(store.popup, { typed, active: null });
  if (spec.remote) askRemote(spec, TYPE_AHEAD_MS);
  redraw();
}

function askRemote(spec, delay) {
  const popup = store.popup;
  clearTimeout(popup.timer);
  const missing = popup.typed.length < spec.remote.shortest;
  popup.note = missing ? `Type at least ${spec.remote.shortest} characters` : "Loading…";
  popup.groups = missing ? [] : popup.groups;
  if (!missing) popup.timer = setTimeout(() => loadRemote(spec, popup, popup.typed), delay);
  redraw();
}

async function loadRemote(spec, popup, typed) {
  const found = await spec.remote.ask(typed);
  if (store.popup !== popup || popup.typed !== typed) return;
  popup.groups = found ?? [];
  popup.note = found ? null : "The app sent no options";
  redraw();
}

function visibleGroups(spec) {
  if (spec.remote) return store.popup.groups;
  const wanted = folded(store.popup.typed.trim());
  const fits = (option) => folded(plain(option.text)).includes(wanted);
  return spec.groups
    .map((group) => ({ ...group, options: group.options.filter(fits) }))
    .filter((group) => group.options.length > 0);
}

function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function activeOption(groups) {
  const all = groups.flatMap((group) => group.options);
  return all.find((option) => option.value === store.popup.active) ?? all[0] ?? null;
}

function pick(spec, option) {
  const has = spec.chosen.includes(option.value);
  spec.remember?.(option);
  if (spec.multiple) {
    if (!has && spec.most && spec.chosen.length >= spec.most) {
      store.popup.note = `At most ${spec.most}`;
      redraw();
      return;
    }
    Object.assign(store.popup, { typed: "", active: option.value });
    spec.onChoose(has ? spec.chosen.filter((value) => value !== option.value) : [...spec.chosen, option.value]);
  } else {
    closePopup();
    spec.onChoose([option.value]);
  }
}

function key(event, spec, open, groups) {
  const all = groups.flatMap((group) => group.options);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (open) move(spec, all, groups, event.key === "ArrowDown" ? 1 : -1);
    else openList(spec);
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    event.stopPropagation();
    if (!open) openList(spec);
    else if (all.length) pick(spec, activeOption(groups));
  } else if (event.key === "Backspace" && spec.multiple && event.target.value === "" && spec.chosen.length) {
    spec.onChoose(spec.chosen.slice(0, -1));
  }
}

function move(spec, all, groups, step) {
  if (all.length === 0) return;
  const at = all.indexOf(activeOption(groups));
  store.popup.active = all[(at + step + all.length) % all.length].value;
  redraw();
  queueMicrotask(() => {
    document.getElementById(optionId(spec, activeOption(groups)))?.scrollIntoView({ block: "nearest" });
  });
}

function listId(spec) {
  return `list-${encodeURIComponent(spec.key)}`;
}

function optionId(spec, option) {
  return `${listId(spec)}-${encodeURIComponent(option.value)}`;
}
