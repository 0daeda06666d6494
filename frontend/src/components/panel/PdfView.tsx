/**
 * PDF drawn by pdf.js onto canvases: the browser's own viewer does not open in a sandboxed frame.
 *
 * On the main thread, because Trusted Types with no policy allow no worker from an address; without
 * WebAssembly and without the scripts and forms that a PDF may hold.
 */

import { useEffect, useRef, useState, type ReactElement } from "react";
import type { PDFDocumentProxy } from "pdfjs-dist";
import { plural } from "../../model/labels/format";
import { LinesSkeleton } from "../states/Skeleton";

interface PdfViewProps {
  readonly blob: Blob;
  readonly name: string;
}

const FIRST_PAGES = 3;
/** Dots a page is drawn with across, for screens of double density. */
const DRAWN_WIDTH = 1_400;

type Opened = { readonly pdf: PDFDocumentProxy } | "broken" | null;

export function PdfView({ blob, name }: PdfViewProps): ReactElement {
  const [opened, setOpened] = useState<Opened>(null);
  const [shown, setShown] = useState(FIRST_PAGES);

  useEffect(() => {
    let isWanted = true;
    let close = (): void => undefined;
    const open = async (): Promise<void> => {
      const library = await import("pdfjs-dist");
      // With it the library does not try to start a worker.
      Object.assign(globalThis, { pdfjsWorker: await readWorker() });
      const task = library.getDocument({
        data: new Uint8Array(await blob.arrayBuffer()),
        isEvalSupported: false,
        useWasm: false,
        useWorkerFetch: false,
        useSystemFonts: true,
        enableXfa: false,
        stopAtErrors: false,
        verbosity: 0,
      });
      close = () => void task.destroy();
      const pdf = await task.promise;
      if (isWanted) setOpened({ pdf });
    };
    open().catch(() => isWanted && setOpened("broken"));
    return () => {
      isWanted = false;
      close();
    };
  }, [blob]);

  if (opened === "broken") {
    return <p className="sv-note">It cannot be read as a PDF, or needs a password: download it.</p>;
  }
  if (opened === null) return <LinesSkeleton lines={6} />;
  const { pdf } = opened;
  const pages = Math.min(shown, pdf.numPages);
  return (
    <>
      <div className="sv-pdf" tabIndex={0} role="region" aria-label={`Pages of ${name}`}>
        {Array.from({ length: pages }, (_, at) => (
          <PdfPage key={at} pdf={pdf} number={at + 1} />
        ))}
      </div>
      <p className="sv-note">
        {plural(pdf.numPages, "page")}
        {pages < pdf.numPages && (
          <>
            {" · "}
            <button type="button" className="sv-link" onClick={() => setShown(shown + 10)}>
              Show more than the first {pages}
            </button>
          </>
        )}
      </p>
    </>
  );
}

async function readWorker(): Promise<unknown> {
  return import("pdfjs-dist/build/pdf.worker.mjs");
}

interface PdfPageProps {
  readonly pdf: PDFDocumentProxy;
  readonly number: number;
}

function PdfPage({ pdf, number }: PdfPageProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [words, setWords] = useState("");
  useEffect(() => {
    const abort = new AbortController();
    const isGone = (): boolean => abort.signal.aborted;
    const draw = async (): Promise<void> => {
      const page = await pdf.getPage(number);
      const target = canvas.current;
      if (!target || isGone()) return;
      const viewport = page.getViewport({ scale: 1 });
      const scaled = page.getViewport({ scale: DRAWN_WIDTH / viewport.width });
      target.width = scaled.width;
      target.height = scaled.height;
      await page.render({ canvas: target, viewport: scaled }).promise;
      const content = await page.getTextContent();
      const text = content.items.map((item) => ("str" in item ? item.str : "")).join(" ");
      if (!isGone()) setWords(text);
    };
    // A page that cannot be drawn stays blank; the file can be downloaded.
    draw().catch(() => undefined);
    return () => abort.abort();
  }, [pdf, number]);
  return (
    <figure className="sv-pdf-page">
      <canvas ref={canvas} role="img" aria-label={`Page ${number}`} />
      <figcaption className="sv-visually-hidden">{words}</figcaption>
    </figure>
  );
}
