// Passkeys: what only a browser's script can do. The form says which step it is: login, authenticate or add.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const named = (list) => (list ?? []).map((entry) => ({ ...entry, id: bytes(entry.id) }));

  const asked = () => JSON.parse(document.getElementById("passkey-options").textContent);

  const add = async () => {
    const { publicKey } = asked().creation_options;
    return navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        user: { ...publicKey.user, id: bytes(publicKey.user.id) },
        excludeCredentials: named(publicKey.excludeCredentials),
        authenticatorSelection: {
          ...publicKey.authenticatorSelection,
          residentKey: "required",
          requireResidentKey: true,
          userVerification: "required",
        },
      },
    });
  };

  const use = ({ publicKey }) =>
    navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        allowCredentials: named(publicKey.allowCredentials),
      },
    });

  const steps = {
    add,
    authenticate: () => use(asked().request_options),
    login: async (form) => {
      const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      return use((await answer.json()).request_options);
    },
  };

  const told = (credential) => {
    const { response } = credential;
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const told = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: { ...Object.fromEntries(told), transports: response.getTransports?.() },
    };
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector("[role='alert']:last-of-type");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      failed.hidden = true;
      try {
        form.elements.credential.value = JSON.stringify(told(await steps[form.dataset.passkey](form)));
        form.submit();
      } catch {
        failed.hidden = false;
      }
    });
  }
})();
