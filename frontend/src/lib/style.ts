/** Only carries the stylesheet into the library: `import "spanvas-canvas/style.css"`. */

import "../components/tab.css";
