// Interactive elements other than selects. Each drawer gets the place `at` and `names`: the attributes that tie the
// control to its label, hint and error.

import { h } from "./dom.js";
import { change, fieldId, press, submit, valueOf } from "./interact.js";
import { face, menuButton } from "./popup.js";
import { SELECTS } from "./selects.js";
import { me, store } from "./store.js";
import { link, plain, rich } from "./text.js";
import { unixSeconds, wallClock } from "./zone.js";

const DRAWERS = {
  ...SELECTS,
  button, overflow, checkboxes,
  radio_buttons: radioButtons,
  datepicker: (at, names) => pickerField(at, names, "date", at.element.initial_date),
  timepicker: (at, names) => pickerField(at, names, "time", at.element.initial_time),
  datetimepicker: dateTimePicker,
  plain_text_input: (at, names) => (at.element.multiline ? textArea(at, names) : textField(at, names, "text")),
  rich_text_input: textArea,
  number_input: (at, names) => textField(at, names, "text", { inputmode: "decimal" }),
  email_text_input: (at, names) => textField(at, names, "email"),
  url_text_input: (at, names) => textField(at, names, "url"),
};

const TYPING_MS = 250;
const GROUPS = new Set(["radio_buttons", "checkboxes"]);

export function isGroup(element) {
  return GROUPS.has(element.type);
}

// `name` is what the surroundings call the element, for one that has no label of its own.
export function drawElement(at, { name = "", labelled = null, describedBy = null, invalid, required } = {}) {
  const drawer = DRAWERS[at.element.type];
  if (!drawer) return h("p", { class: "note" }, `${at.element.type} is not drawn here`);
  const spoken = plain(at.element.placeholder) || name || at.element.action_id;
  const names = {
    id: fieldId(at),
    "aria-label": labelled ? null : spoken,
    "aria-labelledby": labelled && isGroup(at.element) ? labelled : null,
    "aria-describedby": describedBy,
    "aria-invalid": invalid ? "true" : null,
    "aria-required": required ? "true" : null,
  };
  return h("div", {
    class: "element", key: `${at.element.action_id} ${at.element.type}`,
    "data-focus": at.element.focus_on_load ?? null,
  }, drawer(at, names, name));
}

function button(at) {
  const { element, key } = at;
  const busy = store.pressing.has(key);
  const address = element.url ? link(element.url) : null;
  return h("button", {
    type: "button", id: fieldId(at), class: `button ${element.style ?? ""}`,
    "aria-label": element.accessibility_label ?? null, "aria-busy": busy ? "true" : null,
    onclick: () => {
      if (address) open(address, "_blank", "noopener,noreferrer");
      press(at, null);
    },
  }, rich(element.text), address && h("span", { class: "outside", "aria-hidden": "true" }, " ↗"));
}

function overflow(at, names, name) {
  return menuButton({
    key: at.key, label: name ? `More for ${name}` : "More", className: "button overflow-button", toLeft: true,
    busy: store.pressing.has(at.key), face: face("more"),
    items: at.element.options.map((option) => ({
      name: plain(option.text), content: rich(option.text), note: plain(option.description),
      pick: () => {
        if (option.url && link(option.url)) open(link(option.url), "_blank", "noopener,noreferrer");
        press(at, option.value);
      },
    })),
  });
}

function choiceList(at, names, role, drawOne) {
  const { id, ...group } = names;
  return h("div", { class: "choices", role, ...group },
    at.element.options.map((option, index) => choice(option, index === 0 ? id : `${id}-${index}`, drawOne)));
}

function choice(option, id, drawOne) {
  const note = option.description ? `${id}-note` : null;
  return h("div", { class: "choice", key: option.value },
    h("input", { id, "aria-describedby": note, ...drawOne(option) }),
    h("label", { for: id }, rich(option.text)),
    note && h("div", { class: "choice-note", id: note }, rich(option.description)));
}

function radioButtons(at, names) {
  const chosen = valueOf(at, at.element.initial_option?.value ?? null);
  return choiceList(at, names, "radiogroup", (option) => ({
    type: "radio", name: fieldId(at), value: option.value, checked: chosen === option.value,
    onchange: () => change(at, option.value),
  }));
}

function checkboxes(at, { "aria-required": _, ...names }) {
  const ticked = valueOf(at, (at.element.initial_options ?? []).map((option) => option.value)) ?? [];
  const inOrder = (values) => at.element.options.map((option) => option.value).filter((value) => values.has(value));
  return choiceList(at, names, "group", (option) => ({
    type: "checkbox", value: option.value, checked: ticked.includes(option.value),
    onchange: (event) => {
      const values = new Set(ticked);
      if (event.target.checked) values.add(option.value);
      else values.delete(option.value);
      change(at, inOrder(values));
    },
  }));
}

// A browser reports a year as 0002, 0020, 0202 while 2026 is typed: such dates are not meant yet.
function isMeant(value) {
  return value === "" || !/^0/.test(value) || value.length < 10;
}

function pickerField(at, names, type, initial) {
  const value = valueOf(at, initial) ?? "";
  return h("input", {
    ...names, type, class: "field-box picker", value,
    oninput: (event) => {
      const { value: typed } = event.target;
      // Outside of a form Slack offers no way to take a date back.
      if (typed === "" && at.block.type !== "input") return;
      if (isMeant(typed)) change(at, typed || null, TYPING_MS);
    },
  });
}

function dateTimePicker(at, names) {
  const zone = me().tz;
  const seconds = valueOf(at, at.element.initial_date_time);
  return h("span", { class: "date-time" },
    h("input", {
      ...names, type: "datetime-local", class: "field-box picker", value: seconds ? wallClock(seconds, zone) : "",
      oninput: (event) => {
        const { value: typed } = event.target;
        if (typed === "" && at.block.type !== "input") return;
        if (isMeant(typed)) change(at, typed ? unixSeconds(typed.slice(0, 16), zone) : null, TYPING_MS);
      },
    }),
    h("span", { class: "note" }, zone));
}

// A text that dispatches tells the app when enter is pressed, unless it asks for every letter.
function typingDelay({ block, element }) {
  const letters = element.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered");
  return block.dispatch_action && !letters ? null : TYPING_MS;
}

function textProps(at, names) {
  return {
    ...names, class: "field-box", placeholder: plain(at.element.placeholder), autocomplete: "off",
    value: valueOf(at, at.element.initial_value) ?? "",
    oninput: (event) => change(at, event.target.value, typingDelay(at)),
  };
}

function textField(at, names, type, more = {}) {
  const props = textProps(at, names);
  return [
    h("input", { ...props, ...more, type, onkeydown: (event) => enterInField(event, at) }),
    lettersLeft(at, props.value),
  ];
}

function textArea(at, names) {
  const props = textProps(at, names);
  return [h("textarea", { ...props, rows: "4" }), lettersLeft(at, props.value)];
}

function enterInField(event, at) {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  if (at.block.dispatch_action) change(at, event.target.value);
  else if (at.surface.view?.submit) submit(at.surface.view);
}

function lettersLeft({ element }, value) {
  const most = element.max_length ?? Infinity;
  const left = most - value.length;
  if (left === Infinity || left > Math.max(20, most * 0.1)) return null;
  return h("span", { class: `letters-left ${left < 0 ? "over" : ""}`, key: "left" },
    left < 0 ? `${-left} characters too many` : `${left} characters left`);
}
