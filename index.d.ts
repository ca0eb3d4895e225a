// The types of phantom-cluster, written by hand; types/ has one file for each concern. What a declaration says is
// checked in __test__/types. Names of 0.1.x come second: what the compiler writes for users takes the first name of a
// class.

export type { BrowserName, BrowserOptions } from "./types/browser-options.js";
export type {
  Cookie,
  NewCookie,
} from "./types/cookies.js";
export {
  create,
  PhantomClusterClient,
  /** The name of {@link PhantomClusterClient} in 0.1.x. */
  PhantomClusterClient as PhantomClusterWorker,
  PhantomClusterServer,
} from "./types/engine.js";
export type {
  EmitterEvents,
  PhantomClusterClientEvents,
  PhantomClusterServerEvents,
} from "./types/engine-events.js";
export {
  EngineError,
  type EngineErrorCode,
  ItemError,
  type ItemErrorCode,
  OptionRangeError,
  OptionTypeError,
  PageError,
  type PageErrorCode,
  PhantomClusterError,
  type PhantomClusterErrorCode,
  PhantomError,
  type PhantomErrorCode,
  RequestError,
  StoreError,
  type StoreErrorCode,
} from "./types/errors.js";
export type {
  EnqueueOptions,
  FileStoreOptions,
  PhantomClusterOptions,
  RedisStoreOptions,
  RestartOptions,
} from "./types/options.js";
export type { Page } from "./types/page.js";
export type {
  NavigationType,
  PageEventAnswers,
  PageEvents,
  PageEventsInside,
  StackFrame,
} from "./types/page-events.js";
export type {
  GotoOptions,
  GotoResponse,
  PdfOptions,
  WaitForOptions,
  WaitOptions,
} from "./types/page-modern.js";
export type {
  ElementOptions,
  KeyEventType,
  LoadError,
  LoadStatus,
  MouseButton,
  MouseEventType,
  OpenData,
  OpenSettings,
  PaperEdge,
  PaperMargin,
  PaperSize,
  Position,
  RenderOptions,
  Size,
} from "./types/page-values.js";
export type {
  OutObject,
  Phantom,
  PhantomFunction,
} from "./types/phantom.js";
export type {
  PageProperties,
  PageSettings,
  PhantomProperties,
  WritablePageProperties,
  WritablePhantomProperties,
} from "./types/properties.js";
export {
  createQueued,
  PhantomQueuedClusterClient,
  /** The name of {@link PhantomQueuedClusterClient} in 0.1.x. */
  PhantomQueuedClusterClient as PhantomQueuedClusterWorker,
  type PhantomQueuedClusterClientEvents,
  PhantomQueuedClusterServer,
  type PhantomQueuedClusterServerEvents,
} from "./types/queue.js";
export {
  type ItemFailure,
  QueueItem,
  type QueueItemEvents,
  type QueueItemState,
} from "./types/queue-item.js";
export type {
  NetworkRequest,
  ResourceError,
  ResourceHeader,
  ResourceRequest,
  ResourceResponse,
  ResourceTimeout,
} from "./types/resources.js";
export type {
  EngineStats,
  LatencyStats,
  ProcessStats,
  QueuedEngineStats,
  QueueStats,
  RestartStats,
  SharedQueueStats,
  SpanStats,
  WorkerStats,
} from "./types/stats.js";
