// Chosen pictures, shown before they are sent; each can be taken out again.

export function pictures(root) {
  const input = root.querySelector('input[type="file"]');
  const list = root.querySelector("[data-thumbs]");
  const add = root.querySelector("[data-add]");
  const error = root.querySelector("[data-error]");
  const most = Number(root.dataset.most);
  const bytes = Number(root.dataset.bytes);
  let chosen = [];

  const show = () => {
    list.querySelectorAll(".c-thumb").forEach((thumb) => {
      URL.revokeObjectURL(thumb.querySelector("img").src);
      thumb.remove();
    });
    for (const file of chosen) {
      list.insertBefore(thumbnail(file), add);
    }
    add.hidden = chosen.length >= most;
    const files = new DataTransfer();
    chosen.forEach((file) => files.items.add(file));
    input.files = files.files;
  };

  const thumbnail = (file) => {
    const thumb = document.createElement("div");
    thumb.className = "c-thumb";
    const picture = document.createElement("img");
    picture.src = URL.createObjectURL(file);
    picture.alt = file.name;
    const out = document.createElement("button");
    out.type = "button";
    out.textContent = "×";
    out.setAttribute("aria-label", `去掉 ${file.name}`);
    out.addEventListener("click", () => {
      chosen = chosen.filter((other) => other !== file);
      error.textContent = "";
      show();
    });
    thumb.append(picture, out);
    return thumb;
  };

  input.addEventListener("change", () => {
    const said = [];
    for (const file of input.files) {
      if (!file.type.startsWith("image/")) {
        said.push(`「${file.name}」不是图片`);
      } else if (file.size > bytes) {
        said.push(`「${file.name}」超过 ${Math.round(bytes / 1048576)} MB`);
      } else if (chosen.length >= most) {
        said.push(`最多 ${most} 张图片`);
        break;
      } else {
        chosen.push(file);
      }
    }
    error.textContent = said.join("；");
    show();
  });

  input.classList.add("c-hushed");
  show();
}
