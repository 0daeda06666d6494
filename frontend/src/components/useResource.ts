import { useEffect } from "react";
import type { Resource, ResourceView } from "../state/resource";
import { useReadable } from "./useReadable";

/** Reads the resource while the component is on the page. */
export function useResource<T>(resource: Resource<T>): ResourceView<T> {
  useEffect(() => {
    resource.start();
    return resource.stop;
  }, [resource]);
  return useReadable(resource);
}
