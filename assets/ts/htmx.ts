// The one place that names htmx. The shell brings it along and hands it to the islands that come after it.
import htmx from "htmx.org/dist/htmx.esm.js";

window.htmx = htmx;

export default htmx;
