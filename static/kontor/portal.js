// What makes waiting pleasant. Every page works without it.
(() => {
  "use strict";
  const EVERY = 2000;
  const LONGEST = 30000;

  document.documentElement.classList.add("script");

  // A fetch at work: ask for the piece of the card again and again; when it has ended, show the whole card anew.
  for (const box of document.querySelectorAll("[data-progress]")) {
    let wait = EVERY;
    const look = async () => {
      if (document.hidden) return void setTimeout(look, EVERY);
      try {
        const answer = await fetch(box.dataset.progress, { headers: { Accept: "text/html" }, redirect: "error" });
        if (answer.status === 204) return void window.location.reload();
        if (!answer.ok) throw new Error(String(answer.status));
        const piece = await answer.text();
        if (piece !== box.dataset.shown) box.innerHTML = box.dataset.shown = piece;
        wait = EVERY;
      } catch {
        wait = Math.min(wait * 2, LONGEST);
      }
      setTimeout(look, wait);
    };
    setTimeout(look, wait);
  }

  // A form is sent once: the pressed button says what happens and does not send again.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.dataset.sent) return event.preventDefault();
    event.target.dataset.sent = "yes";
    if (!button?.dataset.busy) return;
    button.dataset.label = button.textContent;
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-disabled", "true");
  });

  // Coming back with the browser's back button finds forms that can be sent again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("button[data-label]")) {
      button.textContent = button.dataset.label;
      button.removeAttribute("aria-disabled");
    }
  });

  // A value to type elsewhere is copied at a press; without this it can be marked by hand.
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        return;
      }
      button.firstChild.textContent = button.dataset.copied;
    });
  }

  // After an error the field that has it is where the person goes on.
  document.querySelector("[aria-invalid='true']")?.focus();
})();
