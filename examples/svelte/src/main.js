/** Starts Unspoken and mounts the app. */
import { mount } from "svelte";
import { init } from "unspoken";
import App from "./App.svelte";
import "./style.css";

void init({ config: "/unspoken.json" });

mount(App, { target: document.getElementById("app") });
