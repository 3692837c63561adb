using System.Runtime.Versioning;

// The private PostgreSQL, its file modes and signals are Linux's.
[assembly: SupportedOSPlatform("linux")]
