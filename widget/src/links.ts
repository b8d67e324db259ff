const SAFE_PROTOCOLS = ["https:", "mailto:", "tel:"];

/** The address if it is one that may be linked to, else null. */
export function safeUrl(address: unknown): string | null {
  if (typeof address !== "string") return null;
  try {
    const url = new URL(address); // no base: relative addresses would point into the page around us
    return SAFE_PROTOCOLS.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Whether following it leaves the page, rather than starting a call or a letter. */
export function opensTab(url: string): boolean {
  return url.startsWith("https:");
}
