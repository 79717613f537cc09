/**
 * The core as JavaScript, for a page whose Content-Security-Policy lets no WebAssembly run and for a
 * browser that has none (iOS in lockdown mode takes it away). It is made of the same module, so it
 * takes the same imports and decides the same.
 */

/** The first eight bytes of any module are an empty one. */
const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/** Whether WebAssembly may run here: said before the module is fetched for nothing. */
export function runsWebAssembly(): boolean {
  try {
    return !!new WebAssembly.Module(EMPTY);
  } catch {
    return false;
  }
}

/** Loads the core as JavaScript from `address`. */
export async function instantiateJavaScript(
  address: string | URL,
  imports: Record<string, WebAssembly.ModuleImports>,
): Promise<WebAssembly.Exports> {
  const { instantiate } = await import(/* webpackIgnore: true */ /* @vite-ignore */ String(address));
  return instantiate(imports);
}
