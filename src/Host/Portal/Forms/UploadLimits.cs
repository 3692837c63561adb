using Microsoft.AspNetCore.Mvc;

namespace WorkflowEngine.Host.Portal.Forms;

/// <summary>How much a page's form may bring: several files at once, where the API takes one at a time.</summary>
public static class UploadLimits
{
    /// <summary>Bytes of one post, all files together.</summary>
    public const long Body = 64 * 1024 * 1024;

    public static TBuilder AcceptsUploads<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder => builder
        .WithMetadata(new RequestSizeLimitAttribute(Body))
        .WithFormOptions(multipartBodyLengthLimit: Body, valueCountLimit: 2000, keyLengthLimit: 200, valueLengthLimit: 64 * 1024);
}
