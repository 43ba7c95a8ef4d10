// Forms that ask for a passkey (Web Authentication level 3, W3C). A form with `data-passkey`
// posts its fields to `data-options`, gets options as JSON, asks the browser, puts the answer as
// JSON into its field `credential`, and is sent. What goes wrong is said in the form.
"use strict";

(() => {
  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) => {
    const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
    return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };

  // Section 5.1.9 and 5.1.10: the same options, with bytes for base64url.
  function decoded(options) {
    const known = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
    const decodedOptions = { ...options, challenge: bytes(options.challenge) };
    if (options.user) decodedOptions.user = { ...options.user, id: bytes(options.user.id) };
    if (options.excludeCredentials) decodedOptions.excludeCredentials = known(options.excludeCredentials);
    if (options.allowCredentials) decodedOptions.allowCredentials = known(options.allowCredentials);
    return decodedOptions;
  }

  // Section 5.1.8: what `PublicKeyCredential.toJSON` gives, for browsers without it.
  function encoded(credential) {
    if (typeof credential.toJSON === "function") return credential.toJSON();
    const { response } = credential;
    const answer = { clientDataJSON: text(response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) answer[name] = text(response[name]);
    }
    if (response.getTransports) answer.transports = response.getTransports();
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: answer,
    };
  }

  async function optionsFor(form) {
    const url = new URL(form.dataset.options, location.href);
    if (url.origin !== location.origin) throw new Error("The address of the options is not ours.");
    const answer = await fetch(url, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    if (answer.redirected) {
      location.assign(answer.url);
      throw new Error("Something else is asked first.");
    }
    if (!answer.ok) throw new Error(`The server refused (${answer.status}). Load the page again and try once more.`);
    const options = await answer.json();
    return options.publicKey ?? options;
  }

  // The names are those of DOMException that the standard gives.
  function inWords(error) {
    switch (error.name) {
      case "NotAllowedError": return "No passkey was used: it was cancelled, it took too long, or none fits.";
      case "InvalidStateError": return "This device has a passkey for this account already.";
      case "NotSupportedError": return "This device cannot make a passkey of a kind that the server takes.";
      case "SecurityError": return "Passkeys are tied to another address than the one that this page was loaded from.";
      case "AbortError": return "It was cancelled.";
      case "TypeError": return "The server did not answer, or its answer was not understood.";
      default: return error.message || "The passkey could not be used.";
    }
  }

  async function ask(form, status) {
    if (!window.PublicKeyCredential || !navigator.credentials) {
      throw new Error(window.isSecureContext
        ? "This browser knows no passkeys."
        : "Passkeys need HTTPS, or a page of this machine itself (localhost).");
    }
    status.textContent = "Waiting for the server.";
    const publicKey = decoded(await optionsFor(form));
    status.textContent = "Waiting for your passkey.";
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey });
    form.elements.namedItem("credential").value = JSON.stringify(encoded(credential));
    status.textContent = "Sending.";
  }

  addEventListener("submit", async (event) => {
    const form = event.target;
    const status = form.querySelector("[data-status]");
    if (!form.dataset.passkey || !status || form.elements.namedItem("credential").value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.getAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    try {
      await ask(form, status);
      // Once more through `submit`, this time with a credential.
      form.requestSubmit(event.submitter);
    } catch (error) {
      status.textContent = inWords(error);
    } finally {
      form.removeAttribute("aria-busy");
      form.elements.namedItem("credential").value = "";
    }
  }, { capture: true });
})();
