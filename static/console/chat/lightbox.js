// A picture at its full size; Escape or a click closes it.

import { button, element } from "../dom.js";

export function showPicture(file) {
  const dialog = element("dialog", {
    className: "lightbox", attributes: { "aria-label": file.name },
    on: { click: () => dialog.close(), close: () => dialog.remove() },
    children: [
      element("img", { attributes: { src: file.url, alt: file.name } }),
      element("p", {
        children: [
          file.name,
          element("a", { text: "下载", attributes: { href: file.url, download: file.name }, on: { click: (event) => event.stopPropagation() } }),
          button("关闭", () => dialog.close()),
        ],
      }),
    ],
  });
  document.body.append(dialog);
  dialog.showModal();
}
