// The flight recorder's pages: a fetch at work moves by itself, and what is inside an entry is read when it is opened.
// Everything works without it: pages can be loaded again, and each entry has a link to its whole page.
(() => {
  "use strict";
  const EVERY = 2000;
  const LONGEST = 30000;

  const read = async (address) => {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.status === 204 ? null : answer.text();
  };

  for (const box of document.querySelectorAll("[data-live]")) {
    const every = Number(box.dataset.every) || EVERY;
    let wait = every;
    let shown = "";
    const look = async () => {
      if (document.hidden) return void setTimeout(look, every);
      try {
        const piece = await read(box.dataset.live);
        if (piece === null) return void window.location.reload();
        // Whoever reads or walks by keyboard inside is not disturbed.
        if (piece !== shown && !box.contains(document.activeElement)) box.innerHTML = shown = piece;
        wait = every;
      } catch {
        wait = Math.min(wait * 2, LONGEST);
      }
      setTimeout(look, wait);
    };
    setTimeout(look, wait);
  }

  for (const entry of document.querySelectorAll("details[data-inside]")) {
    entry.addEventListener("toggle", async () => {
      if (!entry.open || entry.dataset.read) return;
      entry.dataset.read = "yes";
      const place = entry.querySelector("[data-place]");
      place.setAttribute("aria-busy", "true");
      try {
        place.innerHTML = await read(entry.dataset.inside);
      } catch {
        // The link to the whole page still stands there; opening it again tries again.
        delete entry.dataset.read;
      }
      place.removeAttribute("aria-busy");
    });
  }
})();
