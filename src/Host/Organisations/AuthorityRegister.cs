using WorkflowEngine.Content.Regions;
using WorkflowEngine.Storage.Organisations;

namespace WorkflowEngine.Host.Organisations;

/// <summary>Keeps the directory of authorities as the published register of regions has it. Addresses that people entered stay.</summary>
public sealed class AuthorityRegister(OrganisationStore organisations)
{
    public async Task SaveAsync(RegionRegister regions, CancellationToken ct)
    {
        var known = await organisations.FindAsync([.. regions.Authorities.Select(authority => authority.Id)], ct);
        var changed = regions.Authorities
            .Select(authority => new Organisation(
                authority.Id, authority.Name, authority.Level, "authority", regions.PathOf(authority), authority.ParentId, authority.AreaCode,
                known.GetValueOrDefault(authority.Id)?.Email)
            {
                Wishes = known.GetValueOrDefault(authority.Id)?.Wishes ?? DeliveryWishes.InboxOnly,
            })
            .Where(now => known.GetValueOrDefault(now.Id) != now)
            .ToList();
        if (changed.Count > 0) await organisations.SaveAsync(changed, ct);
    }
}
