/** Nothing of Unspoken's own: Vite finds the core beside the module by itself. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({ plugins: [react()] });
