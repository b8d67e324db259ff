/** Keeps the full-screen panel above the on-screen keyboard; gives the function that ends it. */
export function followKeyboard(panel: HTMLElement): () => void {
  const viewport = window.visualViewport;
  if (!viewport) return () => {};
  const update = () => {
    const zoomed = viewport.scale > 1.01; // by two fingers: the panel keeps its size, the visitor looks at a part of it
    panel.style.setProperty("--_height", zoomed ? "" : `${viewport.height}px`);
    panel.style.setProperty("--_top", zoomed ? "" : `${viewport.offsetTop}px`);
  };
  update();
  viewport.addEventListener("resize", update);
  viewport.addEventListener("scroll", update);
  return () => {
    viewport.removeEventListener("resize", update);
    viewport.removeEventListener("scroll", update);
  };
}
