// Passkeys: the device is asked what the page holds, and its answer is sent with the form.
(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential || !navigator.credentials) return;
  const note = form.querySelector("[data-passkey-note]");
  const button = form.querySelector("[data-passkey-ask]");
  const question = JSON.parse(document.getElementById("passkey-question").textContent).publicKey;

  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  }

  function text(buffer) {
    const signs = Array.from(new Uint8Array(buffer), (one) => String.fromCharCode(one));
    return btoa(signs.join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function asked() {
    const withBytes = (one) => ({ ...one, id: bytes(one.id) });
    const options = { ...question, challenge: bytes(question.challenge) };
    if (options.user) options.user = withBytes(options.user);
    for (const list of ["excludeCredentials", "allowCredentials"]) {
      if (options[list]) options[list] = options[list].map(withBytes);
    }
    return { publicKey: options };
  }

  function answered(credential) {
    const { response } = credential;
    const sent = { clientDataJSON: text(response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[part]) sent[part] = text(response[part]);
    }
    if (response.getTransports) sent.transports = response.getTransports();
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: sent,
    };
  }

  async function ask() {
    button.disabled = true;
    note.textContent = "";
    try {
      const credential = await navigator.credentials[form.dataset.passkey](asked());
      form.elements.credential.value = JSON.stringify(answered(credential));
      form.submit();
    } catch {
      note.textContent = form.dataset.wordFailed;
      button.disabled = false;
    }
  }

  note.textContent = "";
  button.disabled = false;
  // Before anything else hears that the form is sent: it leaves when the device has answered.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
})();
