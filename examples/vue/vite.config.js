/** Nothing of Unspoken's own: Vite finds the core beside the module by itself. */
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({ plugins: [vue()] });
