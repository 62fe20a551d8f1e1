// What the page knows: the server's last state, and the few things that live in the browser alone.

import { getState, postAct } from "./api.js";

export const store = {
  state: null,
  person: null,
  place: "home",
  connected: true,
  popup: null,
  question: null,
  toasts: [],
  submitting: new Set(),
  pressing: new Set(),
  sidebarOpen: false,
  log: { open: false, direction: "both", unfolded: new Set() },
};

let drawPage = () => {};
let planned = false;
let moment = 0;
let running = null;
let next = null;
let toastNumber = 0;
const onLoaded = [];

export function whenDrawing(draw) {
  drawPage = draw;
}

export function whenLoaded(listener) {
  onLoaded.push(listener);
}

export function redraw() {
  if (planned) return;
  planned = true;
  queueMicrotask(() => {
    planned = false;
    drawPage();
  });
}

// A counter of moments: tells whether a state was asked for before or after something else happened.
function now() {
  moment += 1;
  return moment;
}

export function refresh() {
  if (!running) {
    running = load().finally(() => {
      running = null;
    });
    return running;
  }
  // The request under way may be answered from before the change: one more follows it.
  next ??= running.then(() => {
    next = null;
    return refresh();
  });
  return next;
}

async function load() {
  const asked = now();
  const person = store.person;
  try {
    const state = await getState(person);
    if (person !== store.person) return;
    store.connected = state !== null;
    if (state) onLoaded.forEach((listener) => listener(state, asked));
  } catch {
    store.connected = false;
  }
  redraw();
}

// The answer tells `moment`, when it came, and `lost` where none came.
export async function act(body) {
  let answer;
  try {
    answer = await postAct({ as: store.person, ...body });
  } catch {
    answer = { ok: false, lost: true, error: "The playground does not answer. Is it still running?" };
  }
  answer.moment = now();
  if (!answer.ok && !answer.confirm) toast(answer.error);
  await refresh();
  return answer;
}

export function toast(text) {
  toastNumber += 1;
  store.toasts.push({ id: `local-${toastNumber}`, text, local: true });
  redraw();
}

export function hideToast(notice) {
  if (notice.local) {
    store.toasts = store.toasts.filter((other) => other.id !== notice.id);
    redraw();
  } else {
    act({ do: "dismiss", notice: notice.id });
  }
}

export function me() {
  return store.state.me;
}

export function ask(question) {
  return new Promise((resolve) => {
    store.question = {
      ...question,
      answer(agreed) {
        store.question = null;
        redraw();
        resolve(agreed);
      },
    };
    redraw();
  });
}
