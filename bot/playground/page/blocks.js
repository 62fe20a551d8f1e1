// Block Kit, drawn block by block. A surface is {id, address, values, errors, view}: where the blocks stand, how the
// server addresses it, and what it knows of the inputs.

import { h } from "./dom.js";
import { drawElement, isGroup } from "./elements.js";
import { fieldId, place } from "./interact.js";
import { plain, rich, spans } from "./text.js";

const DRAWERS = {
  section, header, context, actions, input,
  divider: () => h("hr", null),
  rich_text: richText,
};

export function drawBlocks(blocks, surface) {
  return (blocks ?? []).map((block, index) => {
    const drawer = DRAWERS[block.type];
    return h("div", { class: `block ${block.type}`, key: `${block.block_id ?? index} ${block.type}` },
      drawer ? drawer(block, surface) : h("p", { class: "note" }, `${block.type} is not drawn here`));
  });
}

function section(block, surface) {
  const field = (text) => h("div", { class: "text" }, rich(text));
  const body = h("div", { class: "section-body" },
    block.text && field(block.text),
    block.fields && h("div", { class: "fields" }, block.fields.map(field)));
  return [body, block.accessory && accessory(block, surface)];
}

function accessory(block, surface) {
  const firstLine = plain(block.text ?? block.fields?.[0]).split("\n")[0];
  return h("div", { class: "accessory" }, drawElement(place(surface, block, block.accessory), { name: firstLine }));
}

function header(block) {
  return h("h3", null, rich(block.text));
}

function context(block) {
  return block.elements.map((element) => h("div", { class: "text" }, rich(element)));
}

function actions(block, surface) {
  return block.elements.map((element) => drawElement(place(surface, block, element)));
}

function input(block, surface) {
  const at = place(surface, block, block.element);
  const id = fieldId(at);
  const error = surface.errors?.[block.block_id];
  const described = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || null;
  return h("div", { class: `field ${error ? "invalid" : ""}` },
    h("div", { class: "label-row" },
      label(block, id),
      block.optional && h("span", { class: "optional", "aria-hidden": "true" }, "(optional)")),
    drawElement(at, {
      labelled: `${id}-label`, describedBy: described, invalid: Boolean(error), required: !block.optional,
    }),
    error && h("p", { class: "error", key: "error", id: `${id}-error` }, error),
    block.hint && h("p", { class: "hint", key: "hint", id: `${id}-hint` }, rich(block.hint)));
}

function label(block, id) {
  return isGroup(block.element)
    ? h("span", { class: "label", id: `${id}-label` }, rich(block.label))
    : h("label", { class: "label", id: `${id}-label`, for: id }, rich(block.label));
}

function richText(block) {
  return block.elements.map(richPart);
}

function richPart(part) {
  if (part.type === "rich_text_list") {
    const look = { class: `indent-${Math.min(part.indent ?? 0, 6)}`, start: orderedFrom(part) };
    return h(part.style === "ordered" ? "ol" : "ul", look,
      part.elements.map((item) => h("li", null, spans(item.spans ?? []))));
  }
  const inside = spans((part.spans ?? []).map((span) => ({ ...span, quote: false })));
  if (part.type === "rich_text_quote") return h("blockquote", null, inside);
  if (part.type === "rich_text_preformatted") return h("pre", null, (part.spans ?? []).map((span) => span.text));
  return h("div", { class: "text" }, inside);
}

function orderedFrom(part) {
  return part.style === "ordered" && part.offset ? String(part.offset + 1) : null;
}
