// A refused form: the cursor goes to the first field that is wrong, as it does in the portal.
document.querySelector("[aria-invalid='true']")?.focus();
