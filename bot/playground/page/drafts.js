// What the person typed or chose and the server may not know yet. A draft covers the server's value until a state that
// was asked for after its acknowledgement has arrived, and as long as the person is in the field.

import { redraw } from "./store.js";

const drafts = new Map();
let lastAsked = 0;

export function shown(key, fromServer) {
  const draft = drafts.get(key);
  return draft ? draft.value : fromServer;
}

// Keeps `value` and sends it after `delay`, with null at the next flush; a further change starts the wait anew.
export function keep(key, value, send, delay) {
  const draft = drafts.get(key) ?? { sending: Promise.resolve() };
  Object.assign(draft, { value, send, acknowledged: null, unsent: true, field: document.activeElement });
  drafts.set(key, draft);
  clearTimeout(draft.timer);
  draft.timer = delay === null ? null : setTimeout(() => sendNow(key), delay);
  redraw();
}

// Keeps `value` on the screen while an action that carries it is under way.
export function hold(key, value) {
  drafts.set(key, { value, acknowledged: null, unsent: false, sending: Promise.resolve() });
  redraw();
}

// The server has it since `moment`.
export function acknowledge(key, moment) {
  const draft = drafts.get(key);
  if (!draft) return;
  draft.acknowledged = moment;
  settle(lastAsked);
  redraw();
}

export function drop(key) {
  clearTimeout(drafts.get(key)?.timer);
  drafts.delete(key);
  redraw();
}

export function flush() {
  for (const [key, draft] of drafts) if (draft.unsent) sendNow(key);
  return Promise.all([...drafts.values()].map((draft) => draft.sending));
}

export function forget() {
  for (const key of [...drafts.keys()]) drop(key);
}

export function settle(asked) {
  lastAsked = asked;
  for (const [key, draft] of drafts) {
    const inField = draft.field?.isConnected && draft.field === document.activeElement;
    if (draft.acknowledged !== null && draft.acknowledged < asked && !inField) drafts.delete(key);
  }
}

function sendNow(key) {
  const draft = drafts.get(key);
  const { value, send } = draft;
  clearTimeout(draft.timer);
  draft.unsent = false;
  draft.sending = draft.sending.then(async () => {
    const answer = await send(value);
    // A newer value has its own turn; a value that did not arrive is sent again with the next flush.
    if (drafts.get(key) !== draft || draft.value !== value) return;
    if (answer.lost) draft.unsent = true;
    else acknowledge(key, answer.moment);
  });
}
