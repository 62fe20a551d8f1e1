// The page's way to the server: JSON over fetch, and server-sent events that say when to look again.

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    // What was typed last still arrives when the page is being left.
    keepalive: body.do === "enter",
  });
  return readJson(answer);
}

async function readJson(answer) {
  try {
    return await answer.json();
  } catch {
    return { ok: false, error: `HTTP ${answer.status}` };
  }
}

export async function getState(person) {
  const query = person ? `?as=${encodeURIComponent(person)}` : "";
  const answer = await fetch(`/play/state${query}`, { cache: "no-store" });
  return answer.ok ? answer.json() : null;
}

export function postAct(body) {
  return post("/play/act", body);
}

export function postOptions(body) {
  return post("/play/options", body);
}

// Calls back with each new revision; once with the end, when the stream breaks.
export function followChanges(since, onChange, onLost) {
  const source = new EventSource(`/play/changes?since=${since}`);
  source.onmessage = (event) => onChange(JSON.parse(event.data).revision);
  source.onerror = () => {
    // Left alone the browser would ask again from the same revision, which a restarted server may not reach for long.
    source.close();
    onLost();
  };
}
