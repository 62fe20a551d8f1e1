// The select elements: where their options come from and how a choice becomes a value.

import { combobox } from "./combobox.js";
import * as drafts from "./drafts.js";
import { change, options, valueOf } from "./interact.js";
import { isOpen } from "./popup.js";
import { store } from "./store.js";
import { plain } from "./text.js";

export const SELECTS = {
  static_select: (at, names) => single(at, names, {
    groups: groupsOf(at.element), initial: at.element.initial_option?.value,
  }),
  external_select: (at, names) => single(at, names, {
    remote: remoteOf(at), initial: at.element.initial_option?.value,
  }),
  users_select: (at, names) => single(at, names, { groups: people(), initial: at.element.initial_user }),
  conversations_select: (at, names) => single(at, names, {
    groups: conversations(at.element.filter), initial: at.element.initial_conversation,
  }),
  multi_static_select: multiple,
};

// The text of an option the app once sent for an external select: its value alone does not tell it after a reload.
const sentTexts = sessionStorage;

function single(at, names, { groups = [], remote = null, initial = null }) {
  const chosen = valueOf(at, initial ?? null);
  return combobox({
    key: at.key, attributes: names, name: nameOf(at, names), groups, remote,
    placeholder: plain(at.element.placeholder) || "Choose an option",
    chosen: chosen === null || chosen === undefined ? [] : [chosen],
    textOf: (value) => textOf(at, groups, value),
    remember: (option) => remote && sentTexts.setItem(`${at.key} ${option.value}`, plain(option.text)),
    clearable: at.block.type === "input" && at.block.optional,
    onChoose: (values) => change(at, values[0] ?? null),
  });
}

const unsent = new Set();

function multiple(at, names) {
  const { element, key } = at;
  const groups = groupsOf(element);
  const inForm = at.block.type === "input";
  return combobox({
    key, attributes: names, name: nameOf(at, names), groups, multiple: true,
    placeholder: plain(element.placeholder) || "Choose options",
    chosen: valueOf(at, (element.initial_options ?? []).map((option) => option.value)) ?? [],
    textOf: (value) => textOf(at, groups, value),
    most: element.max_selected_items,
    // Outside of a form the choice is told once, when the list closes, as Slack does.
    onChoose: (values) => {
      if (inForm || !isOpen(key)) {
        change(at, values);
      } else {
        drafts.hold(key, values);
        unsent.add(key);
      }
    },
    onClosed: () => unsent.delete(key) && change(at, drafts.shown(key)),
  });
}

function nameOf(at, names) {
  return names["aria-label"] ?? plain(at.block.label);
}

function groupsOf(element) {
  return element.option_groups ?? [{ label: null, options: (element.options ?? []).map(withNote) }];
}

function withNote(option) {
  return { ...option, note: plain(option.description) };
}

function textOf(at, groups, value) {
  const { element } = at;
  const known = [...groups.flatMap((group) => group.options), element.initial_option]
    .find((option) => option?.value === value);
  return known ? plain(known.text) : sentTexts.getItem(`${at.key} ${value}`) ?? personName(value) ?? value;
}

function personName(id) {
  return store.state.people.find((person) => person.id === id)?.real_name;
}

function people() {
  const options = store.state.people
    .filter((person) => !person.deleted)
    .map(({ id, name, real_name: text, is_guest: guest }) => ({ value: id, text, note: guest ? "Guest" : `@${name}` }));
  return [{ label: null, options }];
}

const KINDS = { channel: "public", private: "private", im: "im" };

function conversations(filter) {
  const wanted = filter?.include;
  const options = store.state.channels
    .filter((channel) => !wanted || wanted.includes(KINDS[channel.kind]))
    .filter((channel) => !(filter?.exclude_bot_users && channel.with === store.state.app.bot_user_id))
    .map((channel) => ({ value: channel.id, text: channelName(channel) }));
  return [{ label: null, options }];
}

export function channelName(channel) {
  if (channel.kind !== "im") return `#${channel.name}`;
  if (channel.with === store.state.app.bot_user_id) return store.state.app.name;
  return personName(channel.with) ?? channel.name;
}

function remoteOf(at) {
  return {
    shortest: at.element.min_query_length ?? 3,
    async ask(typed) {
      const answer = await options(at, typed);
      if (answer.option_groups) return answer.option_groups;
      return answer.options ? [{ label: null, options: answer.options.map(withNote) }] : null;
    },
  };
}
