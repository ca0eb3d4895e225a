// Errors and their codes.

import {
  EngineError,
  type EngineErrorCode,
  ItemError,
  OptionRangeError,
  OptionTypeError,
  PageError,
  PhantomClusterError,
  type PhantomClusterErrorCode,
  PhantomError,
  type PhantomErrorCode,
  QueueItem,
  RequestError,
} from "phantom-cluster";
import { same } from "./same.cjs";

try {
  await new QueueItem<string, string>(0, "a").result();
} catch (error) {
  if (error instanceof EngineError) {
    same<typeof error.code, EngineErrorCode>();
    // @ts-expect-error a code of another class
    error.code === "ERR_EVALUATE";
  } else if (error instanceof PhantomError) {
    same<typeof error.code, PhantomErrorCode>();
  } else if (error instanceof PageError) {
    same<typeof error.phantomStack, string | undefined>();
    switch (error.code) {
      case "ERR_PAGE_CLOSED":
      case "ERR_PAGE_CRASHED":
      case "ERR_PAGE_TIMEOUT":
      case "ERR_EVALUATE":
      case "ERR_NAVIGATION":
      case "ERR_TIMEOUT":
      case "ERR_UNSUPPORTED":
      case "ERR_PAGE_COMMAND":
        break;
      default:
        same<typeof error.code, never>();
    }
  } else if (error instanceof ItemError) {
    error.code === "ERR_MAX_ATTEMPTS" || error.code === "ERR_EVALUATE";
    // @ts-expect-error misspelt
    error.code === "ERR_MAX_ATTEMPT";
  } else if (error instanceof RequestError) {
    same<typeof error.code, "ERR_INVALID_REQUEST">();
    const type: TypeError = error;
    type.message;
  } else if (error instanceof OptionTypeError || error instanceof OptionRangeError) {
    same<typeof error.code, "ERR_INVALID_OPTION">();
  }
  if (error instanceof PhantomClusterError) {
    same<typeof error.code, PhantomClusterErrorCode>();
    // @ts-expect-error it follows from the class
    error.name = "Error";
    // @ts-expect-error
    error.code = "ERR_LISTEN";
  }
}

// The code tells the classes of a union apart.
declare const failure: EngineError | PhantomError;
if (failure.code === "ERR_BROWSER_GONE") {
  same<typeof failure, PhantomError>();
}

const range: RangeError = new OptionRangeError("text");
const base: PhantomClusterError = new ItemError("ERR_ITEM_STATE", "text", { cause: range });
const error: Error = base;
error.cause;
// @ts-expect-error a code of another class
new ItemError("ERR_LISTEN", "text");
// @ts-expect-error no such code
new PageError("ERR_PAGE_GONE", "text");
// @ts-expect-error
new EngineError("text");

class OwnError extends PageError {}
same<OwnError["code"], PageError["code"]>();
