/** Another copy of the element, as another bundle on the page would bring it. */
import "unspoken/element";

window.twice = true;
