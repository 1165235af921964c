// Times as the rater's own clock shows them; without this module they stand in UTC.

for (const time of document.querySelectorAll("[data-local-time]")) {
  time.textContent = new Date(time.dateTime).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}
