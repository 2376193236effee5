const random = crypto.getRandomValues(new Uint8Array(9));

/** Names this page among all that may change an app's files; sent as `X-Podium-Tab`, told back as an event's `origin`. */
export const TAB = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const TAB_HEADER = "X-Podium-Tab";
