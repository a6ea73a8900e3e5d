// A stand-in of WeCom's JS-SDK. The frame's name says where one is:
//   <iframe name="sandbox:userid=lisi&external_userid=wm…&entry=single_chat_tools" src="/sidebar/">
// Signatures are checked by the simulator; a message that a page sends into the chat is told to the parent.

(() => {
  const said = new URLSearchParams(window.name.startsWith("sandbox:") ? window.name.slice(8) : "");
  const ready = [];
  const failed = [];
  let isReady = false;
  let isApp = false;

  async function check(kind, given) {
    const response = await fetch("/sandbox/api/js-sdk", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...given, kind, url: location.href.split("#")[0] }),
    });
    return (await response.json()).errMsg ?? `${kind}:fail`;
  }

  const calls = {
    getContext: () => ({ entry: said.get("entry") ?? (said.get("external_userid") ? "single_chat_tools" : "normal") }),
    getCurExternalContact: () => (said.get("external_userid") ? { userId: said.get("external_userid") } : null),
    getCurExternalChat: () => (said.get("chat_id") ? { chatId: said.get("chat_id") } : null),
    sendChatMessage: (message) => {
      window.parent.postMessage({ type: "sandbox.sendChatMessage", message, external_userid: said.get("external_userid") }, location.origin);
      return {};
    },
  };

  window.wx = {
    async config(given) {
      const errMsg = await check("config", given);
      if (errMsg === "config:ok") {
        isReady = true;
        for (const act of ready) act();
      } else {
        for (const act of failed) act({ errMsg });
      }
    },
    ready(act) { if (isReady) act(); else ready.push(act); },
    error(act) { failed.push(act); },
    async agentConfig(given) {
      const errMsg = await check("agentConfig", given);
      isApp = errMsg === "agentConfig:ok";
      (isApp ? given.success : given.fail)?.({ errMsg });
    },
    invoke(name, given, done) {
      if (!isApp || !calls[name]) { done({ err_msg: `${name}:fail no permission` }); return; }
      const answer = calls[name](given);
      done(answer ? { err_msg: `${name}:ok`, ...answer } : { err_msg: `${name}:fail not in a customer's chat` });
    },
  };
})();
