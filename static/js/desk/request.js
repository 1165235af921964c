// Requests of the desk. The server is out of reach when it does not answer, or answers that it cannot just now.

export class OutOfReachError extends Error {}

const PATIENCE_MS = 20_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

let token = null;

export const waitAfter = (failures) =>
  Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS) * (0.75 + Math.random() / 2);

export async function post(desk, url, fields, { keepalive = false } = {}) {
  const body = new URLSearchParams(fields);
  body.delete("csrfmiddlewaretoken");
  token ??= desk.form.elements.csrfmiddlewaretoken.value;
  const send = () => ask(desk, url, { method: "POST", body, keepalive, headers: { "X-CSRFToken": token } });
  const response = await send();
  if (response.status !== 403) return response;
  const renewal = await ask(desk, desk.tokenUrl, {});
  if (!renewal.ok) return renewal;
  token = (await renewal.json()).token;
  putTokenInForms();
  return send();
}

// Forms that the browser sends itself need the new token too, and so do those of the next item.
export function putTokenInForms() {
  if (!token) return;
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
}

async function ask(desk, url, { headers, ...options }) {
  const ours = { "X-Desk": "1", "X-Desk-Owner": desk.owner, ...headers };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  let response;
  try {
    response = await fetch(url, { ...options, headers: ours, redirect: "error", signal, cache: "no-store" });
  } catch (error) {
    throw new OutOfReachError(error.message);
  }
  if (response.status >= 500 || response.status === 429) throw new OutOfReachError(response.statusText);
  return response;
}
