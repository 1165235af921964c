// Before somebody signs out: what she typed goes to the server, and then from this computer.

import { dropWhatTheServerHas } from "./desk/store.js";

const PATIENCE_MS = 3_000;

const withinPatience = (promise) => Promise.race([promise, new Promise((done) => setTimeout(done, PATIENCE_MS))]);

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-sign-out]")) return;
  event.preventDefault();
  const waitFor = [];
  document.body.dispatchEvent(new CustomEvent("desk:leaving", { detail: { waitFor } }));
  await withinPatience(Promise.allSettled(waitFor));
  await withinPatience(dropWhatTheServerHas().catch(() => {}));
  form.submit();
});
