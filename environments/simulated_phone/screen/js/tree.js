// The tree of what is on the screen, as Android's accessibility service reports it, in CSS pixels of the screen.

import { ask } from "./web_page.js";

const { node, nodesOf } = window.look;

/** Returns the nodes of `root`; `place` is {left, top, scale} of its document on the screen, `clip` what is seen. */
export async function treeOf(root, place, clip, name) {
  const foreign = [];
  const children = nodesOf(root, place, clip, name, foreign);
  for (const { frame, view, place: inner, clip: seen } of foreign) {
    const answer = await ask(frame, { deed: "tree", place: inner, clip: seen, name });
    view.children = answer?.nodes ?? [];
  }
  return node("android.widget.FrameLayout", clip, { name }, { children });
}
