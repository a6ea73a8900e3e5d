// Files of the ticket: those there, shown with the event that brought them, and those being added.

import { available, call, newKey } from "../api.js";
import { path } from "./current.js";

let files = [];

// Whether this system keeps files at all; known after the first load.
export let hasFiles = false;

export async function loadFiles() {
  const answer = await available(path("/attachments?size=200")).catch(() => ({ list: files }));
  hasFiles = answer !== null;
  files = answer?.list ?? [];
}

// The event that brought a file knows its name; of several of one name, the nearest in time is meant.
export function filesOf(event) {
  if (event.kind !== "attached" || !event.to_value) return [];
  const distance = (file) => Math.abs(new Date(file.created_at) - new Date(event.created_at));
  return files
    .filter((file) => file.name === event.to_value && file.visibility === event.visibility)
    .sort((one, other) => distance(one) - distance(other))
    .slice(0, 1);
}

export const allFiles = () => files;

export function upload(file, visibility) {
  const form = new FormData();
  form.append("file", file);
  form.append("visibility", visibility);
  return call(path("/attachments"), { method: "POST", form, once: newKey() });
}
