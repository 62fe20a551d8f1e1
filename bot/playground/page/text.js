// Draws what the server says a text looks like. Data only ever becomes text nodes, never markup.

import { h } from "./dom.js";

const EMOJI = {
  __proto__: null,
  tada: "🎉", warning: "⚠️", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", wave: "👋",
  bell: "🔔", calendar: "📅", telephone_receiver: "📞", email: "📧", memo: "📝", star: "⭐", fire: "🔥",
  rocket: "🚀", hourglass: "⌛", mag: "🔍", information_source: "ℹ️", "+1": "👍", thumbsup: "👍", eyes: "👀",
};
const LINKS = new Set(["https:", "mailto:", "tel:"]);

export function plain(text) {
  if (!text) return "";
  if (typeof text === "string") return text;
  return text.spans ? text.spans.map(spanText).join("") : text.text ?? "";
}

export function rich(text) {
  if (!text) return [];
  if (typeof text === "string") return [text];
  return text.spans ? spans(text.spans) : [text.text ?? ""];
}

export function spans(list) {
  return runs(list).map((run, index, all) => {
    if (run.quote) return h("blockquote", null, run.parts.map(span));
    // A quote stands on lines of its own: the break that ends it is not drawn twice.
    const [first, ...rest] = run.parts;
    const parts = all[index - 1]?.quote ? [{ ...first, text: first.text.replace(/^\n/, "") }, ...rest] : run.parts;
    return parts.map(span);
  });
}

// Neighbours that are quoted, or not; a line break between two quoted lines belongs to the quote.
function runs(list) {
  const out = [];
  list.forEach((part, index) => {
    const last = out.at(-1);
    const quote = Boolean(part.quote) || (last?.quote && part.text === "\n" && Boolean(list[index + 1]?.quote));
    if (last && last.quote === quote) last.parts.push(part);
    else out.push({ quote, parts: [part] });
  });
  return out;
}

export function link(address) {
  try {
    return LINKS.has(new URL(address).protocol) ? address : null;
  } catch {
    return null;
  }
}

function spanText(part) {
  if (!part.emoji) return part.text;
  const name = typeof part.emoji === "string" ? part.emoji : part.text;
  return EMOJI[name.replaceAll(":", "")] ?? part.text;
}

function span(part) {
  let node = spanText(part);
  if (part.code) node = h(node.includes("\n") ? "pre" : "code", null, node);
  if (part.mention) node = h("span", { class: `mention ${part.mention}` }, node);
  if (part.strike) node = h("s", null, node);
  if (part.italic) node = h("em", null, node);
  if (part.bold) node = h("strong", null, node);
  const address = part.href ? link(part.href) : null;
  if (!address) return node;
  const outside = address.startsWith("https:") ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return h("a", { href: address, ...outside }, node);
}
