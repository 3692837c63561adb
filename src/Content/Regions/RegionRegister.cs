using WorkflowEngine.Content.Reading;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Regions;

/// <summary>An administrative division (GB/T 2260).</summary>
/// <param name="Code">Six digits, e.g. <c>440300</c>.</param>
public sealed record Area(string Code, string Name, OrganisationLevel Level, string? ParentCode);

/// <summary>
/// A housing authority that handles cases. Its id is its area's code, save for one that shares an area with another
/// (佛山市轨道交通局, <c>440600-rail</c>).
/// </summary>
public sealed record Authority(string Id, string Name, OrganisationLevel Level, string AreaCode, string? ParentId);

/// <summary>Provinces, cities and counties with their housing authorities: <c>rules/regions.json</c>.</summary>
public sealed class RegionRegister
{
    private readonly Dictionary<string, Area> _areas;
    private readonly Dictionary<string, Authority> _authorities;
    private readonly HashSet<string> _retired;
    private readonly HashSet<string> _parents;

    private RegionRegister(IReadOnlyList<Area> areas, IReadOnlyList<Authority> authorities, IEnumerable<string> retired)
    {
        Areas = areas;
        Authorities = authorities;
        _retired = [.. retired];
        _parents = [.. areas.Select(area => area.ParentCode).OfType<string>()];
        _areas = areas.ToDictionary(area => area.Code);
        _authorities = authorities.ToDictionary(authority => authority.Id);
    }

    public IReadOnlyList<Area> Areas { get; }

    public IReadOnlyList<Authority> Authorities { get; }

    public Area? Area(string code) => _areas.GetValueOrDefault(code);

    public Authority? Authority(string id) => _authorities.GetValueOrDefault(id);

    /// <summary>Superiors first, each with a slash: <c>440000/440300/440303/</c>.</summary>
    public string PathOf(Authority authority) =>
        authority.ParentId is { } parent && Authority(parent) is { } superior ? $"{PathOf(superior)}{authority.Id}/" : $"{authority.Id}/";

    /// <summary>Whether the code named an area once that was merged since: it stays on the ID cards issued there.</summary>
    public bool IsRetired(string code) => _retired.Contains(code);

    /// <summary>Whether cities and counties of the code's province are listed here, so that an unknown one is worth a word.</summary>
    public bool IsDetailed(string code) => code.Length >= 2 && _parents.Contains($"{code[..2]}0000");

    /// <summary>Whether an area is the other or lies somewhere under it.</summary>
    public bool IsWithin(string code, string outer)
    {
        for (var area = Area(code); area is not null; area = area.ParentCode is { } parent ? Area(parent) : null)
        {
            if (area.Code == outer) return true;
        }

        return false;
    }

    internal static RegionRegister? Read(string json, string path, ProblemList problems)
    {
        var before = problems.All.Count;
        if (LocatedJson.Parse(path, json, problems) is not { } root)
        {
            return null;
        }

        var reader = new MemberReader(path, problems);
        problems.RefuseUnknownMembers(path, root, ["source", "areas", "authorities", "retired"]);
        var areas = new List<Area>();
        foreach (var item in reader.Array(root, "areas", 5000, required: true))
        {
            problems.RefuseUnknownMembers(path, item, ["code", "name", "level", "parent"]);
            var area = new Area(reader.RequiredText(item, "code"), reader.RequiredText(item, "name"), Level(item, path, problems), reader.OptionalText(item, "parent"));
            Add(areas, area, area.Code, area.ParentCode, other => other.Code, item, path, problems);
        }

        var authorities = new List<Authority>();
        foreach (var item in reader.Array(root, "authorities", 5000, required: true))
        {
            problems.RefuseUnknownMembers(path, item, ["id", "name", "level", "area", "parent"]);
            var authority = new Authority(
                reader.RequiredText(item, "id"), reader.RequiredText(item, "name"), Level(item, path, problems), reader.RequiredText(item, "area"), reader.OptionalText(item, "parent"));
            if (!areas.Exists(area => area.Code == authority.AreaCode))
            {
                problems.Add(ProblemCodes.UnknownName, path, item, $"there is no area '{authority.AreaCode}'", $"没有代码为“{authority.AreaCode}”的行政区划");
            }

            Add(authorities, authority, authority.Id, authority.ParentId, other => other.Id, item, path, problems);
        }

        var retired = new List<string>();
        foreach (var item in reader.Array(root, "retired", 5000, required: false))
        {
            problems.RefuseUnknownMembers(path, item, ["code", "name"]);
            retired.Add(reader.RequiredText(item, "code"));
        }

        return problems.All.Count == before ? new RegionRegister(areas, authorities, retired) : null;
    }

    /// <summary>Parents stand before their children in the file, so a wrong parent and a circle are the same mistake.</summary>
    private static void Add<T>(
        List<T> known, T item, string id, string? parent, Func<T, string> idOf, LocatedJson at, string path, ProblemList problems)
    {
        if (known.Exists(other => idOf(other) == id))
        {
            problems.Add(ProblemCodes.DuplicateName, path, at, $"'{id}' is listed twice", $"“{id}”列了两次");
        }

        if (parent is not null && !known.Exists(other => idOf(other) == parent))
        {
            problems.Add(
                ProblemCodes.UnknownName, path, at,
                $"the parent '{parent}' of '{id}' does not stand above it in the file", $"“{id}”的上级“{parent}”没有列在它前面");
        }

        known.Add(item);
    }

    private static OrganisationLevel Level(LocatedJson item, string path, ProblemList problems)
    {
        switch (item.StringAt("level"))
        {
            case "province":
                return OrganisationLevel.Province;
            case "city":
                return OrganisationLevel.City;
            case "county":
                return OrganisationLevel.County;
            default:
                problems.Add(ProblemCodes.WrongValue, path, item, "'level' must be province, city or county", "“level”应为 province、city 或 county");
                return OrganisationLevel.County;
        }
    }
}
