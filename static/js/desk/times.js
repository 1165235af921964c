// Times as the rater's own clock shows them; without this module they stand in UTC.

export function mount(desk) {
  for (const time of desk.root.querySelectorAll("[data-local-time]")) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  }
}
