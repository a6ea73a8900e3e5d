// Inside a frame that says whose WeCom it is (see js_sdk.js), nobody has to choose.

const said = new URLSearchParams(window.name.startsWith("sandbox:") ? window.name.slice(8) : "");
const userid = said.get("userid");
if (userid) {
  const asked = new URLSearchParams(location.search);
  asked.set("userid", userid);
  location.replace(`?${asked}`);
}
