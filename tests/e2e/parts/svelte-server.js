/** The parts of Svelte apps as a server has them. */
import { render as renderPart } from "svelte/server";
import Parts from "./Parts.svelte";

export const render = (props) => renderPart(Parts, { props }).body;
