/**
 * Fetches the whole script once the page has been painted, with the loader's own settings.
 */
import { painted } from "../painted.js";

/** The policy by which `require-trusted-types-for 'script'` lets the script's address pass. */
const POLICY = "unspoken-loader";

type Policies = { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } };

/** Calls back where the script cannot be had. */
export async function fetchCore(loader: HTMLScriptElement, failed: () => void): Promise<void> {
  try {
    const url = loader.dataset["src"] ?? "/unspoken.js";
    await painted();
    const script = document.createElement("script");
    Object.assign(script.dataset, loader.dataset);
    script.nonce = loader.nonce;
    script.onerror = failed;
    // One address passes, and no other.
    const { trustedTypes } = globalThis as { trustedTypes?: Policies };
    script.src = trustedTypes?.createPolicy(POLICY, { createScriptURL: () => url }).createScriptURL("") ?? url;
    document.head.append(script);
  } catch {
    failed();
  }
}
