// Bank files dropped or chosen are sent one by one, each with its own progress. Without this the form sends all at once.
(() => {
  "use strict";
  const MARK = "X-Upload";

  for (const form of document.querySelectorAll("form[data-upload]")) {
    const input = form.querySelector("input[type=file]");
    const list = document.querySelector("[data-results]");
    const sum = form.querySelector("[data-sum]");
    const alarm = form.querySelector("template[data-alarm]");
    const words = (name) => form.dataset[`words${name}`];
    const queue = [];
    let busy = false;
    let done = 0;
    let all = 0;

    form.classList.add("u-ready");

    const node = (tag, className, text) => {
      const made = document.createElement(tag);
      if (className) made.className = className;
      if (text) made.textContent = text;
      return made;
    };

    const fail = (row, text, retry) => {
      row.className = "u-result u-red";
      const state = node("p", "u-state");
      state.append(alarm.content.cloneNode(true), node("span", "", text));
      row.replaceChildren(node("h3", "", row.dataset.name), state);
      if (!retry) return;
      const button = node("button", "k-button", words("Again"));
      button.type = "button";
      button.addEventListener("click", retry);
      row.append(button);
    };

    const send = ({ file, row }) =>
      new Promise((resolve) => {
        const state = node("p", "u-state", words("Sending"));
        const bar = node("progress");
        bar.max = 1;
        bar.value = 0;
        bar.setAttribute("aria-label", file.name);
        row.replaceChildren(node("h3", "", file.name), state, bar);
        const body = new FormData(form);
        body.set("files", file);
        const call = new XMLHttpRequest();
        call.open("POST", form.action);
        call.setRequestHeader(MARK, "one");
        call.upload.addEventListener("progress", (event) => {
          if (event.lengthComputable) bar.value = event.loaded / event.total;
        });
        call.upload.addEventListener("load", () => {
          bar.removeAttribute("value");
          state.textContent = words("Reading");
        });
        call.addEventListener("loadend", () => {
          if (call.status === 200 && call.getResponseHeader(MARK) === "result") {
            const answer = document.createElement("template");
            answer.innerHTML = call.responseText;
            row.replaceWith(answer.content);
            done += 1;
          } else {
            fail(row, words("Failed"), () => enqueue(file, row));
          }
          resolve();
        });
        call.send(body);
      });

    const work = async () => {
      if (busy) return;
      busy = true;
      while (queue.length) {
        await send(queue.shift());
        sum.textContent = words("Sum").replace("%(done)s", done).replace("%(all)s", all);
      }
      busy = false;
    };

    const enqueue = (file, row) => {
      row.className = "u-result";
      row.replaceChildren(node("h3", "", file.name), node("p", "u-state", words("Waiting")));
      queue.push({ file, row });
      work();
    };

    const take = (files) => {
      [...files].forEach((file, index) => {
        const row = node("li", "u-result");
        row.dataset.name = file.name;
        list.append(row);
        if (index >= Number(form.dataset.most)) return fail(row, words("Many"));
        if (file.size > Number(form.dataset.largest)) return fail(row, words("Large"));
        all += 1;
        enqueue(file, row);
      });
      input.value = "";
    };

    // Everything but the files must be there before anything is sent.
    const complete = () => [...form.elements].every((field) => field === input || !field.willValidate || field.reportValidity());

    input.addEventListener("change", () => {
      if (input.files.length && complete()) take(input.files);
    });
    for (const kind of ["dragover", "dragenter"]) {
      window.addEventListener(kind, (event) => {
        if (![...event.dataTransfer.types].includes("Files")) return;
        event.preventDefault();
        form.classList.add("u-over");
      });
    }
    window.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) form.classList.remove("u-over");
    });
    window.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      form.classList.remove("u-over");
      if (complete()) take(event.dataTransfer.files);
    });
    window.addEventListener("beforeunload", (event) => {
      if (busy) event.preventDefault();
    });
  }
})();
