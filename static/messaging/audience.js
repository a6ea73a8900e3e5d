// The form for a batch: how many customers the chosen segment finds now.

const choice = document.querySelector("select[data-audience]");

if (choice) {
  const told = document.createElement("p");
  told.className = "batch-note";
  told.setAttribute("role", "status");
  // Outside the wrapper, which centres the arrow of the select.
  choice.parentElement.after(told);
  choice.addEventListener("change", () => tell(told));
  tell(told);
}

async function tell(told) {
  const asked = choice.value;
  told.textContent = "";
  if (!asked) return;
  told.textContent = "正在统计…";
  let words = "暂时无法统计";
  try {
    const address = choice.dataset.audience.replace(/\/0\//, `/${encodeURIComponent(asked)}/`);
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    const found = await answer.json();
    if (found.error) words = found.error;
    else if (found.count > found.most) words = `${found.count} 位客户，超过一次的上限 ${found.most} 位`;
    else words = `现在有 ${found.count} 位客户`;
  } catch {
    // Offline: the check before sending counts again.
  }
  if (choice.value === asked) told.textContent = words;
}
