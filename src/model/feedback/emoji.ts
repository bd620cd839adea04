/**
 * Takes the skin tones out of a tag's emoji (👍🏽 becomes 👍), so that one tag counts as one. Feedback is stored as it
 * came; this is applied where it is shown.
 */
export function stripSkinTones(tag: string): string {
  return tag.replace(/(\p{Emoji_Modifier_Base}\u{FE0F}?)\p{Emoji_Modifier}/gu, "$1");
}
