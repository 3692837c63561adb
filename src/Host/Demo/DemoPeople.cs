using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Identity;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Demo;

/// <summary>Somebody to try the platform as. The password exists only here and as a hash.</summary>
public sealed record DemoAccount(string UserName, string Password, string Role, string OrganisationId, string Organisation)
{
    public override string ToString() => $"{UserName} ({Role})";
}

/// <summary>Somebody whom a story wants to be there besides the usual people: who holds a role at an organisation.</summary>
/// <param name="OrganisationId">Area code of an authority, or the code of an enterprise.</param>
/// <param name="Enterprise">The enterprise, which is made when it is not there; null for an authority.</param>
public sealed record DemoGuest(string OrganisationId, string Role, DemoEnterprise? Enterprise = null);

/// <summary>An invented enterprise.</summary>
/// <param name="Kind"><c>vendor</c> or <c>contractor</c>.</param>
public sealed record DemoEnterprise(string Name, string Kind);

/// <summary>
/// Two invented vendors, a contractor and one person for each role, for <c>serve --demo</c>, and whom the settings ask for besides. People who are there already keep their
/// passwords; the passwords of new ones are handed back once.
/// </summary>
public sealed class DemoPeople(OrganisationStore organisations, IServiceScopeFactory scopes, HostSettings settings)
{
    public const string Province = "440000";
    public const string Shenzhen = "440300";
    public const string Guangzhou = "440100";

    /// <summary>Invented codes with right check digits.</summary>
    public const string VendorJia = "91440300MA5DEMA16J";
    public const string VendorYi = "91440100MA5DEMB20C";
    public const string ContractorBing = "91440600MA5DEMC30W";

    // Without 0/O and 1/l: people copy these from a screen. Without vowels: no user name, which a password may not hold, comes out by chance.
    private const string Letters = "bcdfghjkmnpqrstvwxz23456789";

    private static readonly Person[] People =
    [
        new("jia", "王晓（甲科技）", Roles.VendorAdmin, VendorJia),
        new("jia-tech", "刘工（甲科技）", Roles.VendorTech, VendorJia),
        new("yi", "陈敏（乙智能）", Roles.VendorAdmin, VendorYi),
        new("bing", "赵强（丙建设）", Roles.Contractor, ContractorBing),
        new("sz-officer", "李明（深圳经办）", Roles.Officer, Shenzhen),
        new("sz-leader", "周正（深圳负责人）", Roles.Leader, Shenzhen),
        new("sz-support", "吴工（深圳技术支持）", Roles.SupportUnit, Shenzhen),
        new("gz-officer", "黄慧（广州经办）", Roles.Officer, Guangzhou),
        new("gd-officer", "张省（省厅）", Roles.ProvinceOfficer, Province),
        new("gd-policy", "何策（省厅政策）", Roles.PolicyStaff, Province),
        new("gd-operator", "郑维（运维）", Roles.Operator, Province),
    ];

    /// <summary>Adds who is missing. Returns the new ones.</summary>
    /// <exception cref="InvalidOperationException">An account cannot be made; the message says why.</exception>
    public async Task<IReadOnlyList<DemoAccount>> AddAsync(CancellationToken ct)
    {
        await AddOrganisationsAsync(ct);
        Person[] people = [.. People, .. Guests()];
        using var scope = scopes.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var names = await organisations.FindAsync([.. people.Select(person => person.OrganisationId).Distinct()], ct);

        var added = new List<DemoAccount>();
        foreach (var person in people)
        {
            if (await users.FindByNameAsync(person.UserName) is not null) continue;

            var password = RandomNumberGenerator.GetString(Letters, 16);
            var user = new User { UserName = person.UserName, DisplayName = person.DisplayName, Role = person.Role, OrganisationId = person.OrganisationId };
            var made = await users.CreateAsync(user, password);
            if (!made.Succeeded) throw new InvalidOperationException($"{person.UserName}: {string.Join(" ", made.Errors.Select(error => error.Description))}");
            added.Add(new DemoAccount(person.UserName, password, person.Role, person.OrganisationId, names[person.OrganisationId].Name));
        }

        return added;
    }

    /// <summary>One person for each role that nobody holds yet, called by the role.</summary>
    private IEnumerable<Person> Guests() =>
        from guest in settings.DemoGuests.DistinctBy(guest => (guest.OrganisationId, guest.Role))
        where !People.Any(person => (person.OrganisationId, person.Role) == (guest.OrganisationId, guest.Role))
        select new Person($"{guest.OrganisationId}-{guest.Role}", Roles.NameOf(guest.Role), guest.Role, guest.OrganisationId);

    private async Task AddOrganisationsAsync(CancellationToken ct)
    {
        // example.com is reserved: a letter that escapes a demonstration reaches nobody.
        Organisation[] wanted =
        [
            new(VendorJia, "甲科技有限公司", OrganisationLevel.Enterprise, "vendor", $"enterprise/{VendorJia}/", null, null, "jia@example.com"),
            new(VendorYi, "乙智能有限公司", OrganisationLevel.Enterprise, "vendor", $"enterprise/{VendorYi}/", null, null, "yi@example.com"),
            new(ContractorBing, "丙建设有限公司", OrganisationLevel.Enterprise, "contractor", $"enterprise/{ContractorBing}/", null, null, "bing@example.com"),
            .. settings.DemoGuests.Where(guest => guest is { Enterprise: not null, OrganisationId: not (VendorJia or VendorYi or ContractorBing) }).DistinctBy(guest => guest.OrganisationId).Select(Enterprise),
        ];
        var known = await organisations.FindAsync([.. wanted.Select(organisation => organisation.Id), Shenzhen], ct);
        var changed = wanted.Where(organisation => !known.ContainsKey(organisation.Id)).ToList();
        if (known.GetValueOrDefault(Shenzhen) is { Email: null } shenzhen) changed.Add(shenzhen with { Email = "shenzhen@example.com" });
        if (changed.Count > 0) await organisations.SaveAsync(changed, ct);
    }

    private static Organisation Enterprise(DemoGuest guest) => new(
        guest.OrganisationId, guest.Enterprise!.Name, OrganisationLevel.Enterprise, guest.Enterprise.Kind, $"enterprise/{guest.OrganisationId}/", null, null, "enterprise@example.com");

    private sealed record Person(string UserName, string DisplayName, string Role, string OrganisationId);
}
