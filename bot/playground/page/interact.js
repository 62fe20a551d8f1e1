// From a control on the screen to what the server is told.

import { postOptions } from "./api.js";
import * as drafts from "./drafts.js";
import { act, ask, redraw, store } from "./store.js";

// Where an element stands: its surface as the server names it, its block, and what is known of its value.
export function place(surface, block, element) {
  return { surface, block, element, key: `${surface.id} ${block.block_id} ${element.action_id}` };
}

export function fieldId(at) {
  return encodeURIComponent(at.key);
}

export function valueOf(at, initial) {
  const values = at.surface.values?.[at.block.block_id];
  const known = values && at.element.action_id in values;
  return drafts.shown(at.key, known ? values[at.element.action_id] : initial);
}

// Tells of a new value, after `delay` without a newer one; null waits for the next flush.
export function change(at, value, delay = 0) {
  if (at.block.type !== "input" || at.element.confirm) choose(at, value, delay ?? 0);
  else drafts.keep(at.key, value, (latest) => fill(at, latest), delay);
}

const turns = new Map();

// Quick choices one after the other (three ticks, say) are each told, in their order; of what is typed, the last.
async function choose(at, value, delay) {
  drafts.hold(at.key, value);
  const before = turns.get(at.key);
  const turn = (async () => {
    await before;
    await new Promise((resolve) => setTimeout(resolve, delay));
    return delay > 0 && turns.get(at.key) !== turn ? null : pressing(at, drafts.flush, value);
  })();
  turns.set(at.key, turn);
  const answer = await turn;
  if (turns.get(at.key) !== turn) return;
  turns.delete(at.key);
  if (answer?.ok) drafts.acknowledge(at.key, answer.moment);
  else drafts.drop(at.key);
}

function fill({ surface, block, element }, value) {
  const { view } = surface.address;
  const where = view ? { do: "enter", view } : { do: "press", surface: surface.address };
  return act({ ...where, block_id: block.block_id, action_id: element.action_id, value });
}

// Everything typed and chosen so far is told before what comes next: an app reads it when a button is pressed.
export function allTold() {
  return Promise.all([drafts.flush(), ...turns.values()]);
}

// The answer to it; null where the same element is already being pressed, or the person says no when asked.
export function press(at, value) {
  return store.pressing.has(at.key) ? null : pressing(at, allTold, value);
}

async function pressing(at, first, value) {
  store.pressing.add(at.key);
  redraw();
  try {
    await first();
    return await pressAsking(at, value);
  } finally {
    store.pressing.delete(at.key);
    redraw();
  }
}

async function pressAsking({ surface, block, element }, value) {
  const body = {
    do: "press", surface: surface.address, block_id: block.block_id, action_id: element.action_id, value,
  };
  const answer = await act(body);
  if (!answer.confirm) return answer;
  return (await ask(answer.confirm)) ? act({ ...body, confirmed: true }) : null;
}

export async function options({ surface, block, element }, typed) {
  await allTold();
  return postOptions({
    as: store.person, surface: surface.address, block_id: block.block_id, action_id: element.action_id, typed,
  });
}

export async function submit(view) {
  if (store.submitting.has(view.id) || view.busy) return;
  store.submitting.add(view.id);
  redraw();
  try {
    await allTold();
    await act({ do: "submit", view: view.id });
  } finally {
    store.submitting.delete(view.id);
    redraw();
  }
}

export async function close(view) {
  await drafts.flush();
  await act({ do: "close", view: view.id });
}
