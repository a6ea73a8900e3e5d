// The stage: three frames, the script above them, and doing a step for whoever plays.

import { post, sendMessage } from "../api.js";
import { byId, element } from "../dom.js";
import { roleName, SCENARIOS } from "./scenarios.js";

const GROUP = "test_group_001";
const state = { scenario: 0, step: 0, phone: null };

const stage = {
  // A new customer each time: whoever plays again starts from the beginning.
  async follow(scene) {
    const name = `客户${Math.floor(Math.random() * 900 + 100)}`;
    const { openid } = await post("/official", { act: "follow", name, ...(scene ? { scene } : {}), wait: false });
    play(openid);
  },
  say: async (content) => post("/official", { act: "say", openid: await onPhone(), content, wait: false }),
  tap: async (key, name) => post("/official", { act: "click", openid: await onPhone(), key, name, wait: false }),
  group: (words) => sendMessage(GROUP, { from: "lisi", content: `@${document.body.dataset.bot} ${words}` }),
  fault: (mode) => post("/faults", { channel: "CALLBACK", mode, count: 1, seconds: 4 }),
  open: async (frame, page) => openPage(frame, page),
};

// Who is on the phone now; somebody new who follows, where nobody does.
async function onPhone() {
  if (!state.phone?.isIn || state.phone.line !== "official") await stage.follow();
  return state.phone.id;
}

function play(openid) {
  state.phone = { line: "official", id: openid, isIn: true };
  byId("customer").contentWindow.postMessage({ play: state.phone }, location.origin);
}

const steps = () => SCENARIOS[state.scenario].steps;

function show() {
  const step = steps()[state.step];
  byId("step").replaceChildren(
    element("b", { text: `${state.step + 1}/${steps().length} ${roleName(step.role)}` }), step.words,
  );
  byId("do").hidden = !step.do;
  byId("back").disabled = state.step === 0;
  byId("next").disabled = state.step === steps().length - 1;
  byId("step-wrong").hidden = true;
  seat(step.role);
}

function seat(role) {
  document.body.dataset.role = role;
  for (const one of document.querySelectorAll(".seat")) one.classList.toggle("seat-now", one.classList.contains(`seat-${role}`));
  for (const tab of document.querySelectorAll("[data-goes]")) tab.setAttribute("aria-current", String(tab.dataset.goes === role));
}

function move(by) {
  state.step = Math.min(steps().length - 1, Math.max(0, state.step + by));
  show();
}

async function doIt() {
  const button = byId("do");
  button.disabled = true;
  byId("step-wrong").hidden = true;
  try {
    await steps()[state.step].do(stage);
  } catch (error) {
    byId("step-wrong").textContent = error.message;
    byId("step-wrong").hidden = false;
  } finally {
    button.disabled = false;
  }
}

function openPage(frame, page) {
  byId(frame).src = page;
  for (const button of document.querySelectorAll(`[data-frame="${frame}"] [data-page]`)) {
    button.setAttribute("aria-current", String(button.dataset.page === page));
  }
}

function setUp() {
  byId("scenario").append(...SCENARIOS.map(({ name }, at) => element("option", { text: name, attributes: { value: at } })));
  byId("scenario").addEventListener("change", (event) => {
    Object.assign(state, { scenario: Number(event.target.value), step: 0 });
    show();
  });
  byId("back").addEventListener("click", () => move(-1));
  byId("next").addEventListener("click", () => move(1));
  byId("do").addEventListener("click", doIt);
  for (const tab of document.querySelectorAll("[data-goes]")) tab.addEventListener("click", () => seat(tab.dataset.goes));
  for (const button of document.querySelectorAll("[data-page]")) {
    const { frame } = button.closest("[data-frame]").dataset;
    button.addEventListener("click", () => openPage(frame, button.dataset.page));
    button.setAttribute("aria-current", String(byId(frame).getAttribute("src") === button.dataset.page));
  }
  window.addEventListener("message", ({ origin, data }) => {
    if (origin === location.origin && "phone" in data) state.phone = data.phone;
  });
  show();
}

setUp();
