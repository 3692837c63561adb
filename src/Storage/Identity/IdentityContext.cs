using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Identity;

/// <summary>ASP.NET Core Identity's tables. Opened with the app role in the sign-in scope, which sees these tables and no others.</summary>
public sealed class IdentityContext(DbContextOptions<IdentityContext> options) : IdentityUserContext<User>(options)
{
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<User>().ToTable("users");
        builder.Entity<IdentityUserClaim<string>>().ToTable("user_claims");
        builder.Entity<IdentityUserLogin<string>>().ToTable("user_logins");
        builder.Entity<IdentityUserToken<string>>().ToTable("user_tokens");
        builder.NameColumnsInSnakeCase();
    }
}
