// WeChat's own browser can be left by a button; others have none.
const button = document.querySelector("[data-close]");

function offer() {
  button.hidden = false;
  button.addEventListener("click", () => window.WeixinJSBridge.call("closeWindow"));
}

if (window.WeixinJSBridge) offer();
else document.addEventListener("WeixinJSBridgeReady", offer, { once: true });
