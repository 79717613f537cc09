/** Nothing of Unspoken's own: the plugin compiles its component, Vite finds the core beside the module. */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({ plugins: [svelte()] });
