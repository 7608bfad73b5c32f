import type { Codes } from './meaning.ts';

/** `rerankctl dev`: what keeps a node from running on this machine. */
export const LOCAL_NODE: Codes = {
  DEV_CACHE_PATH:
    'OpenSearch splits its options at blanks and cannot run from a folder with one in its path. Set RERANKCTL_CACHE to another folder.',
  DEV_CACHE_PRIVATE:
    'OpenSearch refuses to run as root, so rerankctl starts it as the account nobody, which must be able to enter the cache. Set RERANKCTL_CACHE, or use an ordinary user.',
  DEV_FETCH_FAILED:
    'OpenSearch and its plugins come from Maven repositories, once a version. mvn reached none of them, or one lacks a part: its own words tell which. A proxy or mirror is set in ~/.m2/settings.xml.',
  DEV_INSTALL_FAILED:
    'Putting the node together from what Maven fetched failed: often a disk without room. Nothing half-assembled is kept, so it may simply be tried again.',
  DEV_INTERRUPTED:
    'Ctrl-C, or a signal, stopped it. What was fetched is kept, and the next `rerankctl dev up` goes on from there.',
  DEV_JAVA_MISSING:
    'Each version of OpenSearch runs on certain versions of Java, and none of those was found. Install one, or point JAVA_HOME to it.',
  DEV_LOCKED:
    'Another rerankctl works on the same version or node. When its process is gone, the file that the message names can be deleted.',
  DEV_MAVEN_MISSING:
    'Without Docker the node is put together from Maven artifacts, which mvn fetches. It is needed once for each version.',
  DEV_NODE_DIED:
    'OpenSearch started and ended again. The last lines of its log usually say why: a setting that it does not know, memory, a port.',
  DEV_NODE_DIFFERS:
    'A node of this name exists with another version, heap, plugins or settings. They are fixed when it is made: stop it, with --purge where its data shall go too, or use another --name.',
  DEV_NODE_SLOW:
    'The process runs and was not usable in time. A machine that is short of memory is the usual cause; its log tells more.',
  DEV_OPTION_INVALID:
    'An option of `rerankctl dev up` has a value that cannot be, or two of them contradict each other. Nothing was started.',
  DEV_PLATFORM_UNSUPPORTED:
    'Local models run through PyTorch, which is not published for this kind of machine. compose.yaml in the repository runs the node in a container.',
  DEV_PORT_IN_USE:
    'Something listens on the port already. Without --port the next free one is taken; a cluster needs several in a row.',
  DEV_SECURITY_UNPUBLISHED:
    'The security plugin is not published for every version that rerankctl knows: the message names the one that has it.',
  DEV_STOP_REFUSED:
    'The node was started by another account, and the system does not let this one stop it. Run the command as that account.',
};
