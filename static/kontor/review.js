// Keys for the review pages. Everything works without this file: each key presses a button that is on the page.
"use strict";

(function () {
    const page = document.getElementById("case");
    let going = false;

    function typing(target) {
        return target.closest("input, textarea, select, [contenteditable]") !== null;
    }

    function press(key) {
        const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
        if (button === null) {
            return false;
        }
        button.click();
        return true;
    }

    // A second press while the first one travels must not decide the next case unseen.
    document.addEventListener("submit", function (event) {
        if (event.target.method === "post") {
            if (going) {
                event.preventDefault();
            }
            going = true;
        }
    });
    window.addEventListener("pageshow", function () {
        going = false;
    });

    document.addEventListener("keydown", function (event) {
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) {
            return;
        }
        const keys = document.getElementById("keys");
        if (event.key === "Escape") {
            if (typing(event.target)) {
                event.target.blur();
            } else if (keys !== null && keys.open) {
                keys.open = false;
            } else if (page !== null) {
                window.location.assign(page.dataset.queue);
            }
            return;
        }
        if (typing(event.target)) {
            return;
        }
        if (event.key === "Enter") {
            // On a link or button Enter does what it says there.
            if (event.target.closest("a, button, summary") === null && press("Enter")) {
                event.preventDefault();
            }
            return;
        }
        if (event.key === "?" && keys !== null) {
            keys.open = !keys.open;
            event.preventDefault();
            return;
        }
        if (event.key.length === 1 && press(event.key.toLowerCase())) {
            event.preventDefault();
        }
    });

    // The document tabs show one file at a time.
    const tabs = Array.from(document.querySelectorAll(".k-tabs a"));
    const files = Array.from(document.querySelectorAll(".k-case-document .k-document"));
    function showFile(index) {
        files.forEach(function (file, number) {
            file.hidden = number !== index;
        });
        tabs.forEach(function (tab, number) {
            if (number === index) {
                tab.setAttribute("aria-current", "true");
            } else {
                tab.removeAttribute("aria-current");
            }
        });
    }
    tabs.forEach(function (tab, index) {
        tab.addEventListener("click", function (event) {
            event.preventDefault();
            showFile(index);
        });
    });
    if (tabs.length > 1) {
        showFile(0);
    }

    // A click on the page image switches between the whole width and its real size.
    document.querySelectorAll(".k-case-document img").forEach(function (image) {
        image.addEventListener("click", function () {
            image.closest(".k-document").classList.toggle("k-zoomed");
        });
    });

    // The next case is asked for in advance, so that its page images are drawn before they are looked at.
    if (page !== null && page.dataset.next !== "") {
        window.setTimeout(function () {
            fetch(page.dataset.next, {credentials: "same-origin"}).catch(function () {});
        }, 400);
    }

    // The queue's filters work at once.
    document.querySelectorAll(".k-review-queue select").forEach(function (select) {
        select.addEventListener("change", function () {
            select.form.requestSubmit();
        });
    });
})();
