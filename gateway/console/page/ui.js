// Preact and its templates, bound once; every component imports from here.
import { Component, Fragment, h, render } from './preact.js';
import htm from './htm.js';

export { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from './hooks.js';
export { Component, Fragment, h, render };
export const html = htm.bind(h);

const differs = (a, b) => a !== b && !(Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, at) => one === b[at]));

// Draws again only when a property is another object (a list: holds others): a row that did not change costs nothing.
export function steady(draw) {
  return class extends Component {
    shouldComponentUpdate(next) {
      const names = Object.keys(next);
      return names.length !== Object.keys(this.props).length || names.some((name) => differs(next[name], this.props[name]));
    }
    render(props) {
      return draw(props);
    }
  };
}

// The part of the address behind `#`; as it stands when it is nothing that a browser wrote.
export function behindHash() {
  const written = location.hash.slice(1);
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

export const classes = (...names) => names.filter(Boolean).join(' ');
